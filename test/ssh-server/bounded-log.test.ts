// What clients can make the server write to the audit log.
import {stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {networkRate, userRate} from '../../src/appliance/log-limits.js';
import {requestType} from '../../src/sftp/protocol.js';
import {string, uint32} from '../../src/ssh-keys/wire.js';
import {testWith} from '../helpers/test-with.js';
import {outcomeOf, rawClient, sftpOn, signedIn} from './raw-ssh.js';
import {servedAppliance} from './served.js';

const {burst} = networkRate.perSource;

test('failed sign-ins of one address are bounded in the log, and counted; a sign-in is always logged', async t => {
	const served = await servedAppliance(t);
	const connections = 12;
	for (let number = 0; number < connections; number++) {
		await outcomeOf(
			rawClient(t, served, {
				username: 'u'.repeat(5000),
				authHandler: (_left, _partial, next) =>
					next({
						type: 'keyboard-interactive',
						username: 'u'.repeat(5000),
						prompt: (_name, _text, _language, _prompts, answer) => answer(['Wrong-one.22']),
					}),
			}),
		);
	}

	await signedIn(t, served, 'tanadmin');
	await served.close();
	const events = await served.audited();
	const refused = events.filter(({event}) => event === 'ssh-refused');
	t.true(refused.length >= burst && refused.length < connections * 6, String(refused.length));
	t.is(events.filter(({event}) => event === 'ssh-sign-in').length, 1);
	t.like(events.at(-1), {event: 'events-not-logged', reason: 'rate', count: connections * 6 - refused.length});
	t.true((await stat(served.layout.audit)).size < 20_000);
});

testWith('sftp')('long names that are refused are bounded in the log; each upload is logged', async t => {
	const served = await servedAppliance(t);
	const sftp = await sftpOn(await signedIn(t, served, 'tancopy'));
	const count = 5000;
	for (let number = 0; number < count; number++) {
		await sftp.request(requestType.open, string(`/incoming/${'n'.repeat(100_000)}`), uint32(1), uint32(0));
	}

	await writeFile(path.join(served.home, 'mine'), 'content');
	const uploads = Array.from({length: 60}, (_, number) => `put mine /incoming/${number}`);
	t.is((await served.sftp(...uploads)).status, 0);
	await served.close();
	const events = await served.audited();
	const refused = events.filter(({event, result}) => event === 'sftp-download' && result !== 'completed').length;
	t.is(events.filter(({event, result}) => event === 'sftp-upload' && result === 'completed').length, 60);
	t.like(events.at(-1), {
		event: 'events-not-logged',
		events: [`sftp-download: ${count - refused}`],
		sources: [`127.0.0.1: ${count - refused}`],
	});
	t.true((await stat(served.layout.audit)).size < 100_000);
});

test('what a user does is bounded in the log, too, and hides no other kind of event', async t => {
	const served = await servedAppliance(t);
	await writeFile(path.join(served.layout.incoming, 'file'), '');
	const sftp = await sftpOn(await signedIn(t, served, 'tancopy'));
	const count = userRate.perSource.burst + 500;
	for (let number = 0; number < count; number++) {
		await sftp.request(requestType.close, string(await sftp.open('/incoming/file', 1)));
	}

	await sftp.request(requestType.remove, string('/incoming/file'));
	await served.close();
	const events = await served.audited();
	const downloads = events.filter(({event}) => event === 'sftp-download').length;
	t.true(downloads >= userRate.perSource.burst && downloads < count, String(downloads));
	t.is(events.filter(({event}) => event === 'sftp-remove').length, 1);
	t.like(events.at(-1), {event: 'events-not-logged', reason: 'rate', sources: [`tancopy sftp-download: ${count - downloads}`]});
});
