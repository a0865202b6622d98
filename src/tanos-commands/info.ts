import {exitCodes} from '../exit-codes.js';
import {installedExpiry} from '../appliance/installed-expiry.js';
import {describeRole, hasServer} from '../appliance/roles.js';
import {formatDays, expiryWarning} from '../certificates/describe/expiry.js';
import {alwaysLooks, assertNoArguments, printReport, type Command, type Context} from './command.js';

/** What this appliance is, and how long its certificate is valid. */
async function info(context: Context): Promise<number> {
	assertNoArguments(context);
	const {
		session: {
			layout,
			identity: {name, serial, role},
			services,
			version,
			now,
		},
	} = context;
	const expiry = await installedExpiry(layout, now());
	const isTaniumServer = hasServer(role, 'Tanium Server');
	const server = isTaniumServer ? 'taniumserver' : 'taniummoduleserver';
	const state = (await services.state(server)).running ? 'running' : 'stopped';
	const warning = expiry && expiryWarning(expiry);
	printReport(
		context,
		[
			['Serial Number', serial],
			['Name', name],
			['TanOS Version', version],
			['Role', describeRole(role)],
			[isTaniumServer ? 'TaniumServer' : 'TaniumModuleServer', state],
			...(isTaniumServer
				? [
						[
							'SOAP Certificate',
							expiry ? `valid to ${expiry.notAfter.slice(0, 10)} (${formatDays(expiry.daysLeft)})` : 'cannot be read',
						] as const,
					]
				: []),
			...(warning === undefined ? [] : [['Warning', warning] as const]),
		],
		{serial, name, version, role, [isTaniumServer ? 'taniumServer' : 'taniumModuleServer']: state, certificate: expiry ?? null},
	);
	return exitCodes.done;
}

export const infoCommands: readonly Command[] = [
	{
		name: 'report info',
		group: 'TanOS Management',
		purpose: 'Show what this appliance is',
		about: 'Serial number, name, version, role, and how long the SOAP certificate is valid.',
		parameters: '[json]',
		examples: ['report info', 'report info json'],
		roles: ['tanadmin', 'tanuser'],
		looks: alwaysLooks,
		run: info,
	},
];
