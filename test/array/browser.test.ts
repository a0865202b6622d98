// What a person sees in a browser: Figure 1's certificate error while the pair is self-signed, and none once the browser trusts the CA,
// also while the pair of both servers is replaced.
import {mkdir} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {tanos, type LabMember} from '../helpers/appliance.js';
import {assertServed, certificateForRequest, makeArray} from '../helpers/array.js';
import {fileOf} from '../helpers/programs.js';
import {fingerprintIn, temporaryFolder} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';

type Browser = {
	/** Trusts a root certificate from now on. */
	trust(root: string): Promise<void>;
	/** Loads the console of a Tanium Server. Resolves with the page's title, or with the browser's error. */
	open(server: LabMember): Promise<string>;
};

/** Chromium's errors while a Tanium Server is stopped: its port is closed, or the connection ends before the handshake does. */
const noConnection = /^ERR_(CONNECTION_(REFUSED|RESET|CLOSED|ABORTED)|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE)$/;

/** Chromium with a profile of its own. It runs without its sandbox, which root has not. */
async function newBrowser(t: ExecutionContext): Promise<Browser> {
	const home = await temporaryFolder(t);
	const database = `sql:${path.join(home, '.pki', 'nssdb')}`;
	await mkdir(path.join(home, '.pki', 'nssdb'), {recursive: true});
	await execa(fileOf('certutil'), ['-d', database, '-N', '--empty-password']);
	return {
		async trust(root) {
			await execa(fileOf('certutil'), ['-d', database, '-A', '-t', 'C,,', '-n', 'lab', '-i', root]);
		},
		async open({name, address, ports}) {
			const profile = `--user-data-dir=${path.join(home, name)}`;
			const place = `--host-resolver-rules=MAP ${name}:443 ${address}:${ports.console}`;
			const words = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', profile, place];
			const {stdout, stderr} = await execa(fileOf('chromium'), [...words, '--dump-dom', `https://${name}/`], {
				env: {...process.env, HOME: home},
				reject: false,
			});
			return /<title>(.*?)<\/title>/.exec(stdout)?.[1] ?? /net::(ERR_\w+)/.exec(stderr)?.[1] ?? stderr;
		},
	};
}

async function rollOut({root}: LabMember, certificate: string) {
	return tanos(['soap', 'rollout', certificate, '--root', root], {input: 'yes\n'});
}

testWith('chromium', 'certutil')(
	"a browser sees a certificate error before, and none after and while both servers' pair is replaced",
	async t => {
		const lab = await makeArray(t);
		const {ts1, ts2} = lab;
		const browser = await newBrowser(t);
		t.is(await browser.open(ts1), 'ERR_CERT_AUTHORITY_INVALID');

		t.is((await rollOut(ts1, await certificateForRequest(t, ts1))).exitCode, 0);
		t.is(await browser.open(ts2), 'ERR_CERT_AUTHORITY_INVALID', 'the browser does not know the CA');
		await browser.trust(path.join(ts1.layout.lab, 'root.crt'));
		t.deepEqual([await browser.open(ts1), await browser.open(ts2)], ['ts1.example.com', 'ts2.example.com']);

		const certificate = await certificateForRequest(t, ts1);
		const seen: string[] = [];
		let isUnderWay = true;
		const rollout = rollOut(ts1, certificate).finally(() => {
			isUnderWay = false;
		});
		while (isUnderWay) {
			seen.push(...(await Promise.all([browser.open(ts1), browser.open(ts2)])));
		}

		t.is((await rollout).exitCode, 0);
		t.deepEqual(
			seen.filter(one => !['ts1.example.com', 'ts2.example.com'].includes(one) && !noConnection.test(one)),
			[],
		);
		t.true(seen.includes('ts1.example.com') && seen.includes('ts2.example.com'));
		t.deepEqual([await browser.open(ts1), await browser.open(ts2)], ['ts1.example.com', 'ts2.example.com']);
		const next = await fingerprintIn(certificate);
		await assertServed(t, lab, [next, next]);
	},
);
