// What the timers of a host run: its health check, which 3-6 shows, and its metrics.
import process from 'node:process';
import {replaceFile} from '../../appliance/atomic-file.js';
import {exitCodes} from '../../exit-codes.js';
import {gatherFacts, type Observed} from '../../health/facts.js';
import {keepHealth, reportOf, runHealthCheck, worstOf} from '../../health/health-check.js';
import {metricsOf} from '../../health/metrics.js';
import {hostTarget} from '../../installation/target.js';
import {messageWithHint} from '../../problem.js';
import {sanitise} from '../../sanitise.js';
import {print, type Command} from '../command.js';
import {hostHealthDefinition, hostMetricsDefinition} from '../definitions/host.js';
import {parseCall} from '../parse-call.js';
import {assertRoot, hostLayout, hostSite, prepareHost} from './site.js';
import {describedTargets, targetsIn} from './targets.js';

const onlyRoot = 'Only root can read the keys of the services.';

/** `tanos host health`. */
export const hostHealth: Command = async words => {
	const {values} = parseCall(hostHealthDefinition, words);
	assertRoot(onlyRoot);
	await prepareHost();
	const {host, isComplete} = await observedHost();
	const health = await runHealthCheck(host, new Date());
	await keepHealth(hostLayout, health);
	print(...(values.json ? [JSON.stringify(health)] : reportOf(health).map(line => sanitise(line))));
	return isComplete && worstOf(health) !== 'bad' ? exitCodes.done : exitCodes.no;
};

/** `tanos host metrics`. */
export const hostMetrics: Command = async words => {
	const {values} = parseCall(hostMetricsDefinition, words);
	assertRoot(onlyRoot);
	const {host, isComplete} = await observedHost();
	const lines = metricsOf(await gatherFacts(host, new Date()));
	if (values.output === undefined) {
		print(...lines);
	} else {
		await replaceFile(values.output, lines.map(line => `${line}\n`).join(''), 0o644);
	}

	return isComplete ? exitCodes.done : exitCodes.no;
};

/** This host with its targets. What is wrong with a file that describes none is said on standard error. */
async function observedHost(): Promise<{host: Observed; isComplete: boolean}> {
	const described = await describedTargets(hostLayout);
	const targets = targetsIn(described);
	for (const one of described) {
		if ('problem' in one) {
			process.stderr.write(`tanos: ${sanitise(messageWithHint(one.problem))}\n`);
		}
	}

	return {
		host: {...hostSite(targets), targets: async () => targets.map(target => hostTarget(target))},
		isComplete: targets.length === described.length,
	};
}
