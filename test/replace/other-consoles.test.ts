// Consoles that are not what the profile describes: `tanos replace` stops, types nothing more, and says what openssl finds.
import type {ExecutionContext} from 'ava';
import {makeAppliance, tanos, type Appliance} from '../helpers/appliance.js';
import {testWith} from '../helpers/test-with.js';
import {serveAltered, serveMenus, type Alter} from './altered.js';
import {deskFor, presentedTo, type Desk} from './desk.js';

const testWithOpenssl = testWith('openssl');

type Altered = {appliance: Appliance; desk: Desk; port: number; before: string};

async function altered(t: ExecutionContext, alter: Alter): Promise<Altered> {
	const appliance = await makeAppliance(t);
	await tanos(['appliance', 'start', '--root', appliance.root]);
	const desk = await deskFor(appliance);
	return {appliance, desk, port: await serveAltered(t, appliance, alter), before: await presentedTo(appliance.ports.console)};
}

testWithOpenssl('other words for the first question: nothing is typed at it', async t => {
	const {appliance, desk, port, before} = await altered(t, text => text.replaceAll('Proceed with the installation?', 'Go on with this?'));
	const {exitCode, host, stdout} = await desk.replace([], {port});
	t.is(exitCode, 1, stdout);
	t.is(host.outcome, 'stopped');
	t.is(host.screens.at(-1)!.id, 'unknown');
	t.is(host.screens.at(-1)!.typed, undefined);
	t.regex(stdout, /Go on with this\? \[YES\/NO\]: _/);
	t.is(await presentedTo(appliance.ports.console), before);
});

testWithOpenssl('a question more before the change is not answered', async t => {
	const {appliance, desk, port, before} = await altered(t, text =>
		text.replaceAll('Back up the installed pair to /outgoing, and', 'Reset it, and'),
	);
	const {exitCode, host} = await desk.replace([], {port});
	t.is(exitCode, 1);
	t.is(host.outcome, 'stopped');
	t.is(await presentedTo(appliance.ports.console), before);
});

testWithOpenssl('a question more after the change is not answered, and what is served is said', async t => {
	const {appliance, desk, port} = await altered(t, text => text.replaceAll('Re-register the Module Server with', 'Erase the database of'));
	const {exitCode, host, stdout} = await desk.replace([], {port});
	t.is(exitCode, 3, stdout);
	t.is(host.outcome, 'unfinished');
	t.regex(stdout, /The new certificate is served/);
	t.regex(stdout, /Erase the database of the Tanium Server now\?/);
	t.is(await presentedTo(appliance.ports.console), await desk.fingerprint());
});

testWithOpenssl('a session that ends half way: it looks again from outside, and signs in again', async t => {
	let isCut = false;
	const {appliance, desk, port} = await altered(t, (text, hangUp) => {
		if (!isCut && text.includes('Stop taniumserver')) {
			isCut = true;
			hangUp();
		}

		return text;
	});
	const {exitCode, host, stdout} = await desk.replace([], {port});
	t.true(isCut);
	t.is(exitCode, 3, stdout);
	t.is(host.outcome, 'unfinished');
	t.is(host.problem!.code, 'line-lost');
	t.regex(stdout, /Signed in again/);
	t.is(await presentedTo(appliance.ports.console), await desk.fingerprint());
	t.regex(host.screens.at(-1)!.screen, /\S/);
});

testWithOpenssl('the menus of a TanOS in plain lines, by the profile for it; an echoed password is in no file', async t => {
	const appliance = await makeAppliance(t);
	await tanos(['appliance', 'start', '--root', appliance.root]);
	const desk = await deskFor(appliance);
	const port = await serveMenus(t, appliance);
	const {exitCode, host, stdout, everything, cast, markdown} = await desk.replace(['--profile', 'tanos'], {port});
	t.is(exitCode, 0, stdout);
	t.is(host.outcome, 'replaced');
	t.is(await presentedTo(appliance.ports.console), await desk.fingerprint());
	t.false(everything.includes(appliance.passwords.tanium));
	t.true(cast.includes(`"*"`));
	t.regex(markdown, /\(hidden\)/);
});
