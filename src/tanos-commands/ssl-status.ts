import {readFile} from 'node:fs/promises';
import {describePlace, readRegisteredServers} from '../appliance/server-places.js';
import {describeLeaf} from '../certificates/describe/describe-certificate.js';
import {exitCodes} from '../exit-codes.js';
import {ssl} from '../installation/target.js';
import {servedPair} from './served-pair.js';
import {alwaysLooks, assertNoArguments, printReport, type Command, type Context} from './command.js';

/** The installed ssl.crt, whether it is what is served, and with whom the Module Server is registered. */
async function status(context: Context): Promise<number> {
	assertNoArguments(context);
	const {layout, now} = context.session;
	const pair = await servedPair(context, ssl, describeLeaf(await readFile(layout.moduleServerCertificate), now()));
	const servers = ((await readRegisteredServers(layout)) ?? []).map(({name, port}) => ({name, port}));
	printReport(context, [...pair.rows, ['Registered', servers.map(place => describePlace(place)).join('\n') || '(with no Tanium Server)']], {
		...pair.fields,
		registered: servers,
	});
	return pair.isGood ? exitCodes.done : exitCodes.no;
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
