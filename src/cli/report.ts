import {parseArgs} from 'node:util';
import {installedExpiry} from '../appliance/installed-expiry.js';
import {readIdentity, roleInWords} from '../appliance/identity.js';
import {daysInWords, expiryWarning} from '../certificates/expiry.js';
import {processServices} from '../services/processes.js';
import {exitCodes, layoutFor, print, printRows, rootOption, UsageError, type Command} from './command.js';
import {version} from './version.js';

/** `tanos report info [json]`: what this appliance is, and how long its certificate is valid. */
export const report: Command = async words => {
	const {values, positionals: [what, form, ...more]} = parseArgs({args: words, allowPositionals: true, options: {...rootOption, json: {type: 'boolean', default: false}}});
	if (what?.toLowerCase() !== 'info' || more.length > 0 || (form !== undefined && form.toLowerCase() !== 'json')) {
		throw new UsageError('Say what to report: tanos report info');
	}

	const layout = layoutFor(values.root);
	const {name, serial, role} = await readIdentity(layout);
	const expiry = await installedExpiry(layout, new Date());
	const {running} = await processServices(layout).state('taniumserver');
	if (values.json || form !== undefined) {
		print(JSON.stringify({serial, name, version: version(), role, taniumServer: running ? 'running' : 'stopped', certificate: expiry}));
		return exitCodes.done;
	}

	const warning = expiry && expiryWarning(expiry);
	printRows([
		['Serial Number', serial],
		['Name', name],
		['TanOS Version', `tanos-console ${version()}`],
		['Role', roleInWords(role)],
		['TaniumServer', running ? 'running' : 'stopped'],
		['SOAP Certificate', expiry ? `valid to ${expiry.notAfter.slice(0, 10)} (${daysInWords(expiry.daysLeft)})` : 'cannot be read'],
	]);
	print(...(warning === undefined ? [] : ['', warning]));
	return exitCodes.done;
};
