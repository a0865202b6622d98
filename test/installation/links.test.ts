// A symbolic link where an installation would read, write or replace a file: refused in words while the service runs on.
import {lstat, readdir, readFile, readlink, rename, symlink} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {install, planInstallation} from '../../src/installation/install.js';
import type {Layout} from '../../src/appliance/layout.js';
import {makeRig, uploadOther, assertValid, type Rig} from './fixtures/appliance.js';
import {readInbox} from './fixtures/site.js';

const report = async <Result>(_: string, work: () => Promise<Result>) => work();
const now = new Date('2026-11-23T22:48:00Z');

/** Moves a file or folder away and leaves a link to it. Resolves with the place that it has now. */
async function makeLink(place: string): Promise<string> {
	const target = path.join(path.dirname(place), `real-${path.basename(place)}`);
	await rename(place, target);
	await symlink(target, place);
	return target;
}

async function plan(rig: Rig) {
	await uploadOther(rig);
	return planInstallation(rig, await readInbox(rig.layout), {user: 'tanadmin', from: 'console', now});
}

const links: ReadonlyArray<{name: string; place: (layout: Layout) => string; code: string; hint: RegExp}> = [
	{name: 'the installed key', place: ({soapKey}) => soapKey, code: 'installed-is-link', hint: /cp -p --remove-destination/},
	{name: 'the installed certificate', place: ({soapCertificate}) => soapCertificate, code: 'installed-is-link', hint: /cp -p/},
	{name: '/outgoing', place: ({outgoing}) => outgoing, code: 'folder-is-link', hint: /Put a folder in its place/},
];

for (const {name, place, code, hint} of links) {
	test(`${name} as a symbolic link is refused before anything is stopped or written`, async t => {
		const rig = await makeRig(t);
		const {layout, services} = rig;
		const before = await services.state('taniumserver');
		const early = await plan(rig);
		const target = await makeLink(place(layout));
		const problem = await t.throwsAsync<Error & {hint: string}>(plan(rig), {code});
		t.true(problem.message.startsWith(`${place(layout)} is a symbolic link to ${target}.`), problem.message);
		t.regex(problem.hint, hint);
		const late = await install(rig, early, report);
		t.like(late, {kind: 'refused', reason: problem.message}, 'also when the link was made after the review');
		t.is(await readlink(place(layout)), target);
		t.deepEqual(await services.state('taniumserver'), before, 'the same process serves');
		t.deepEqual(await readdir(layout.outgoing), []);
		await assertValid(t, rig, name);
	});
}

test('what the hint says makes an installation possible, and the file that the link led to stays', async t => {
	const rig = await makeRig(t);
	const {layout} = rig;
	const target = await makeLink(layout.soapKey);
	const old = await readFile(target);
	const problem = await t.throwsAsync<Error & {hint: string}>(plan(rig), {code: 'installed-is-link'});
	await execa('sh', ['-c', problem.hint.slice(problem.hint.indexOf('cp -p'))]);
	const outcome = await install(rig, await plan(rig), report);
	t.is(outcome.kind, 'installed');
	t.true((await lstat(layout.soapKey)).isFile());
	t.deepEqual(await readFile(target), old);
	await assertValid(t, rig, 'installed');
});

test('a pair in /incoming is not removed through a link that was made there meanwhile', async t => {
	const rig = await makeRig(t);
	const {layout} = rig;
	const early = await plan(rig);
	const target = await makeLink(layout.incoming);
	t.is((await install(rig, early, report)).kind, 'installed');
	t.deepEqual((await readdir(target)).toSorted(), ['SOAPServer.crt', 'SOAPServer.key']);
	await assertValid(t, rig, 'installed');
});
