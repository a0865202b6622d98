// What a bad day does to somebody at the console: bursts of keys, a cut line, a killed process, two at once.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readIdentity, writeIdentity} from '../../src/appliance/identity.js';
import {makeAppliance, putIncoming, tanos, type Appliance} from '../helpers/appliance.js';
import {fingerprintOfFile, orderPair, servedFingerprint} from '../helpers/authority.js';
import {Operator} from './operator.js';

async function signedIn(t: ExecutionContext, appliance: Appliance): Promise<Operator> {
	const operator = new Operator(t, appliance);
	await operator.type(`tanadmin\r${appliance.passwords.tanadmin}\r`);
	return operator;
}

async function withUpload(t: ExecutionContext): Promise<Appliance> {
	const appliance = await makeAppliance(t);
	await orderPair(appliance.workFolder);
	await putIncoming(appliance, appliance.workFolder);
	return appliance;
}

/** How long a console that is opened later watches the service after its start, in milliseconds. */
async function setSettle({layout}: Appliance, settle: number): Promise<void> {
	await writeIdentity(layout, {...(await readIdentity(layout)), settle});
}

async function served(appliance: Appliance): Promise<string> {
	return servedFingerprint(appliance.ports.console);
}

test('100 of 100 bursts of keys end on the right screen', async t => {
	const operator = await signedIn(t, await makeAppliance(t));
	for (let burst = 1; burst <= 100; burst++) {
		await operator.type('2\r4\r');
		t.regex(operator.screen, /2-4 {2}Install Custom SOAP Cert[^]+Proceed with the installation\?/, `burst ${burst}`);
		await operator.type('no\r\rrr\r\u001B[B\u001B[B\r');
		t.regex(operator.screen, /4 {2}Tanium Status[^]+Press Enter/, `burst ${burst}`);
		await operator.type('\ra-a\r4\r\rrr\r');
		t.regex(operator.screen, /Main Menu[^]+> A /, `burst ${burst}`);
	}
});

test('a megabyte of paste ends in the menu, with the console alive', async t => {
	const operator = await signedIn(t, await makeAppliance(t));
	await operator.type('x1y2\u0000\u001B[200~\u00FF'.repeat(80_000));
	await operator.type('\r2\r');
	t.regex(operator.screen, /2 {2}Tanium Operations/);
});

test('a resize redraws the screen, at any size', async t => {
	const operator = await signedIn(t, await makeAppliance(t));
	for (const [columns, rows] of [
		[200, 50],
		[1, 1],
		[30, 8],
		[80, 24],
	] as const) {
		operator.resize(columns, rows);
		await operator.type('?');
		await operator.type('\u007F');
	}

	t.regex(operator.screen, /Main Menu[^]+> 2 {3}Tanium Operations[^]+Enter a key: _/);
});

test('an installation outlives its terminal, and the next sign-in reports its outcome', async t => {
	const appliance = await withUpload(t);
	const operator = await signedIn(t, appliance);
	await operator.type('2-4\rYES\r');
	operator.send('Y\r');
	await operator.sees(/done +Stage the new pair/);
	await operator.hangUp();
	t.is(await served(appliance), await fingerprintOfFile(path.join(appliance.workFolder, 'SOAPServer.crt')));

	const next = await signedIn(t, appliance);
	t.regex(next.screen, /Since the Last Session[^]+The new certificate is installed/);
	await next.type('\r');
	const third = await signedIn(t, appliance);
	t.notRegex(third.screen, /The new certificate is installed/, 'it is said once');
	t.regex(third.screen, /do not trust each other/, 'what is still wrong is said again');
});

test('an installation whose console was killed is recovered once, by the command', async t => {
	const appliance = await withUpload(t);
	await setSettle(appliance, 60_000); // However busy the machine, the kill comes before the end.
	const operator = await signedIn(t, appliance);
	await operator.type('2-4\rYES\r');
	operator.send('Y\r');
	await operator.sees(/done +Verify over TLS/);
	await operator.kill();
	await setSettle(appliance, 200);

	const {stdout, exitCode} = await tanos(['recover', '--root', appliance.root]);
	t.regex(stdout, /The new certificate is installed, and the Tanium Server serves it/);
	t.is(exitCode, 0);
	t.is(await served(appliance), await fingerprintOfFile(path.join(appliance.workFolder, 'SOAPServer.crt')));
	t.regex((await tanos(['recover', '--root', appliance.root])).stdout, /Nothing to do/);
	t.regex(await readFile(appliance.layout.audit, 'utf8'), /"event":"installation-recovered","outcome":"installed"/);
});

test('of two concurrent installations, one is refused because the other is in progress', async t => {
	const appliance = await withUpload(t);
	await setSettle(appliance, 10_000); // The other one comes before the end.
	const [first, second] = [await signedIn(t, appliance), await signedIn(t, appliance)];
	await first.type('2-4\rYES\r');
	await second.type('2-4\rYES\r');
	first.send('Y\r');
	await first.sees(/done +Verify over TLS/);
	await second.type('Y\r');
	t.regex(second.screen, /An earlier installation is not finished|Another session is changing/);
	await first.sees(/The new certificate is installed/);
	t.is(await served(appliance), await fingerprintOfFile(path.join(appliance.workFolder, 'SOAPServer.crt')));
});

test('Ctrl+C during an installation shows a notice and does not stop it', async t => {
	const appliance = await withUpload(t);
	const operator = await signedIn(t, appliance);
	await operator.type('2-4\rYES\r');
	operator.send('Y\r');
	await operator.sees(/done +Stage the new pair/);
	operator.send('\u0003');
	await operator.sees(/This cannot be interrupted/);
	await operator.sees(/The new certificate is installed/);
	t.is(await served(appliance), await fingerprintOfFile(path.join(appliance.workFolder, 'SOAPServer.crt')));
});
