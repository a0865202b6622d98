import {installedExpiry} from '../appliance/installed-expiry.js';
import {roleInWords} from '../appliance/identity.js';
import {daysInWords, expiryWarning} from '../certificates/expiry.js';
import {codes, mustBeBare, printReport, type Command, type Context} from './command.js';

/** What this appliance is, and how long its certificate is valid. */
async function info(context: Context): Promise<number> {
	mustBeBare(context);
	const {visit: {layout, identity: {name, serial, role}, services, version, now}} = context;
	const expiry = await installedExpiry(layout, now());
	const {running} = await services.state('taniumserver');
	const warning = expiry && expiryWarning(expiry);
	printReport(context, [
		['Serial Number', serial],
		['Name', name],
		['TanOS Version', version],
		['Role', roleInWords(role)],
		['TaniumServer', running ? 'running' : 'stopped'],
		['SOAP Certificate', expiry ? `valid to ${expiry.notAfter.slice(0, 10)} (${daysInWords(expiry.daysLeft)})` : 'cannot be read'],
		...(warning === undefined ? [] : [['Warning', warning] as const]),
	], {serial, name, version, role, taniumServer: running ? 'running' : 'stopped', certificate: expiry ?? null});
	return codes.done;
}

export const infoCommands: readonly Command[] = [{
	name: 'report info',
	group: 'TanOS Management',
	purpose: 'Show what this appliance is',
	about: 'Serial number, name, version, role, and how long the SOAP certificate is valid.',
	parameters: '[json]',
	examples: ['report info', 'report info json'],
	roles: ['tanadmin', 'tanuser'],
	run: info,
}];
