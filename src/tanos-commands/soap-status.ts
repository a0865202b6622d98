import {exitCodes} from '../exit-codes.js';
import {installedExpiry} from '../appliance/installed-expiry.js';
import {expiryWarning} from '../certificates/describe/expiry.js';
import {fingerprintOf} from '../certificates/parse/pem.js';
import {certificateRows} from '../certificates/describe/rows.js';
import {readTrust} from '../registration/trust.js';
import {presentedBy} from '../services/probe.js';
import {serviceNames} from '../services/service.js';
import {Problem} from '../problem.js';
import {alwaysLooks, assertNoArguments, printReport, type Command, type Context} from './command.js';
import {installedCertificate} from './installed.js';

/** The installed certificate, whether it is what is served, and what stands around it. */
async function status(context: Context): Promise<number> {
	assertNoArguments(context);
	const {
		session: {layout, identity, services, now},
	} = context;
	const certificate = await installedCertificate(context);
	const served = await servedNow(identity.ports.console, identity.name);
	const isServed = served === certificate.fingerprint;
	const {taniumServerTrusted, moduleServerTrusted} = await readTrust(layout);
	const trusted = taniumServerTrusted && moduleServerTrusted;
	const states = await Promise.all(serviceNames.map(async name => services.state(name)));
	const warning = expiryWarning((await installedExpiry(layout, now()))!);
	printReport(
		context,
		[
			...certificateRows(certificate),
			['Served', isServed ? 'yes, this certificate' : served === undefined ? 'no, nothing answers' : `no, another one: ${served}`],
			[
				'Trust',
				trusted ? 'both trust files hold the installed certificates' : 'a trust file lacks an installed certificate (fix: soap register)',
			],
			...states.map(({name, running}) => [name, running ? 'running' : 'stopped'] as const),
			...(warning === undefined ? [] : [['Warning', warning] as const]),
		],
		{
			certificate,
			served: served ?? null,
			isServed,
			trusted,
			services: states.map(({name, running}) => ({name, running})),
			warning: warning ?? null,
		},
	);
	return isServed && trusted ? exitCodes.done : exitCodes.no;
}

async function servedNow(port: number, servername: string): Promise<string | undefined> {
	try {
		const [leaf] = await presentedBy({port, servername});
		return leaf && fingerprintOf(leaf);
	} catch (error) {
		if (error instanceof Problem) {
			return undefined;
		}

		throw error;
	}
}

export const statusCommands: readonly Command[] = [
	{
		name: 'soap status',
		group: 'Tanium Platform',
		purpose: 'Show the installed SOAP certificate and whether it is served',
		about:
			'Shows the installed SOAPServer.crt, compares it with what the Tanium Server presents over TLS just '
			+ 'now, and shows the trust with the Module Server. Exit code 0 when it is served and trusted, else '
			+ '1.',
		parameters: '[json]',
		examples: ['soap status', 'soap status json'],
		menu: '4',
		roles: ['tanadmin'],
		looks: alwaysLooks,
		run: status,
	},
];
