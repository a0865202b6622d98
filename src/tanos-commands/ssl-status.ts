import {readFile} from 'node:fs/promises';
import {moduleServerOf} from '../appliance/identity.js';
import {describePlace, readRegisteredServers} from '../appliance/server-places.js';
import {describeLeaf} from '../certificates/describe/describe-certificate.js';
import {certificateRows} from '../certificates/describe/rows.js';
import {fingerprintOf} from '../certificates/parse/pem.js';
import {exitCodes} from '../exit-codes.js';
import {installedFault} from '../installation/pair-fault.js';
import {ssl} from '../installation/target.js';
import {presentedLeaf} from '../services/probe.js';
import {alwaysLooks, assertNoArguments, printReport, type Command, type Context} from './command.js';

/** The installed ssl.crt, whether it is what is served, and with whom the Module Server is registered. */
async function status(context: Context): Promise<number> {
	assertNoArguments(context);
	const {layout, identity, now} = context.session;
	const certificate = describeLeaf(await readFile(layout.moduleServerCertificate), now());
	const leaf = await presentedLeaf(moduleServerOf(identity));
	const served = leaf && fingerprintOf(leaf);
	const isServed = served === certificate.fingerprint;
	const fault = await installedFault(layout, ssl);
	const servers = ((await readRegisteredServers(layout)) ?? []).map(({name, port}) => ({name, port}));
	printReport(
		context,
		[
			...certificateRows(certificate),
			['Key', fault ?? 'belongs to this certificate'],
			['Served', isServed ? 'yes, this certificate' : served === undefined ? 'no, nothing answers' : `no, another one: ${served}`],
			['Registered', servers.map(place => describePlace(place)).join('\n') || '(with no Tanium Server)'],
		],
		{certificate, served: served ?? null, isServed, keyMatches: fault === undefined, registered: servers},
	);
	return isServed && fault === undefined ? exitCodes.done : exitCodes.no;
}

export const sslStatusCommands: readonly Command[] = [
	{
		name: 'ssl status',
		needs: 'Module Server',
		group: 'Tanium Platform',
		purpose: "Show the Module Server's certificate and whether it is served",
		about:
			'Shows the installed ssl.crt, whether the installed key belongs to it, compares it with what the Module Server presents over TLS '
			+ 'just now, and names the Tanium Servers with which it is registered; whether they trust it, 4 shows on each of them. Exit code 0 '
			+ 'when the pair can be loaded and is served, else 1.',
		parameters: '[json]',
		examples: ['ssl status', 'ssl status json'],
		menu: '4',
		roles: ['tanadmin'],
		looks: alwaysLooks,
		run: status,
	},
];
