import {createDefinition, drillDefinition, startDefinition, stopDefinition} from './appliance.js';
import {checkDefinition, convertDefinition, explainDefinition, requestDefinition, showDefinition, signDefinition} from './certificate.js';
import {labCreateDefinition, labRemoveDefinition, labStartDefinition, labStatusDefinition, labStopDefinition} from './lab.js';
import {
	hostCheckDefinition,
	hostConsoleDefinition,
	hostConvertDefinition,
	hostDoctorDefinition,
	hostHealthDefinition,
	hostInstallDefinition,
	hostMetricsDefinition,
	hostRecoverDefinition,
	hostServeDefinition,
	hostSetupDefinition,
	hostTargetsDefinition,
} from './host.js';
import type {CommandDefinition} from './definition.js';
import {
	completionDefinition,
	consoleDefinition,
	helpDefinition,
	recoverDefinition,
	replayDefinition,
	serveDefinition,
	sftpServerDefinition,
	uploadDefinition,
} from './programs.js';
import {replaceDefinition} from './replace.js';
import {activeActiveDefinition, moduleServerDefinition, selfsignDefinition, standaloneDefinition} from './windows.js';

/** All commands of `tanos`, in the order of the help. */
export const definitions: readonly CommandDefinition[] = [
	consoleDefinition,
	createDefinition,
	startDefinition,
	stopDefinition,
	drillDefinition,
	labCreateDefinition,
	labStatusDefinition,
	labStartDefinition,
	labStopDefinition,
	labRemoveDefinition,
	checkDefinition,
	convertDefinition,
	explainDefinition,
	requestDefinition,
	showDefinition,
	signDefinition,
	uploadDefinition,
	replaceDefinition,
	selfsignDefinition,
	standaloneDefinition,
	activeActiveDefinition,
	moduleServerDefinition,
	serveDefinition,
	sftpServerDefinition,
	recoverDefinition,
	hostTargetsDefinition,
	hostCheckDefinition,
	hostInstallDefinition,
	hostRecoverDefinition,
	hostConsoleDefinition,
	hostConvertDefinition,
	hostDoctorDefinition,
	hostServeDefinition,
	hostSetupDefinition,
	hostHealthDefinition,
	hostMetricsDefinition,
	replayDefinition,
	helpDefinition,
	completionDefinition,
];

/** The commands whose names begin with this word, such as `certificate`. */
export function definitionsOf(word: string): CommandDefinition[] {
	return definitions.filter(({name}) => name.split(' ')[0] === word);
}
