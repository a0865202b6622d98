// What clients are shown before anybody signs in.
import {mkdir, readFile} from 'node:fs/promises';
import test from 'ava';
import {bannerIn, installBanner, readBanner, removeBanner} from '../../src/appliance/users/banner.js';
import {testWith} from '../helpers/test-with.js';
import {rawClient} from './raw-ssh.js';
import {execute, servedAppliance} from './served.js';

const testWithSsh = testWith('ssh', 'sftp');

const by = {user: 'tanadmin', from: 'console'};

testWithSsh('a banner is shown before authentication from its installation until its removal', async t => {
	const {port, home, layout, sftp} = await servedAppliance(t);
	const settings = ['BatchMode=yes', 'PreferredAuthentications=none', `UserKnownHostsFile=${home}/known_hosts`];
	const shown = async () => {
		const {errors} = await execute('ssh', [
			'-T',
			'-F',
			'/dev/null',
			'-p',
			String(port),
			...settings.flatMap(setting => ['-o', setting]),
			'nobody@127.0.0.1',
		]);
		return errors.replaceAll('\r', '').replace(/nobody@127.*\n$/, '');
	};

	t.is(await shown(), '');
	await installBanner(layout, bannerIn(Buffer.from('Authorized use only.\nEverything is recorded.')), by);
	t.is(await shown(), 'Authorized use only.\nEverything is recorded.\n');
	t.is((await sftp('ls /')).status, 0);
	await removeBanner(layout, by);
	t.is(await shown(), '');
	t.deepEqual((await readFile(layout.audit, 'utf8')).match(/banner-\w+/g), ['banner-installed', 'banner-removed']);
});

test('lines of a banner end with CR LF', async t => {
	const served = await servedAppliance(t);
	await installBanner(served.layout, bannerIn(Buffer.from('one\ntwo\r\nthree\r\r\n\n')), by);
	const text = await new Promise<string>(resolve => {
		rawClient(t, served, {username: 'nobody', authHandler: ['none']}).once('banner', resolve);
	});
	t.is(text, 'one\r\ntwo\r\nthree\r\n');
});

testWithSsh('nobody can sign in when the banner cannot be read', async t => {
	const {run, layout, close, audited} = await servedAppliance(t);
	await mkdir(layout.banner);
	t.is((await run('ssh', ['tanadmin@127.0.0.1'])).status, 255);
	await close();
	t.like((await audited())[0], {event: 'ssh-failed', from: '127.0.0.1'});
	await t.throwsAsync(readBanner(layout), {code: 'EISDIR'});
});

test('text with control characters, too long, empty or not UTF-8 is refused as a banner', t => {
	for (const [bytes, why] of [
		[Buffer.from('a\nb\u001B[2J'), /Line 2 holds a character/],
		[Buffer.from('a\u202Eb'), /Line 1 holds/],
		[Buffer.from(' \n\t'), /empty/],
		[Buffer.from([0x61, 0xff]), /not UTF-8/],
		[Buffer.alloc(16_385, 'a'), /16385 bytes/],
	] as const) {
		t.throws(() => bannerIn(bytes), {code: 'bad-banner', message: why});
	}

	t.is(bannerIn(Buffer.from('\u{FEFF}Hello\t東京\r\n')), 'Hello\t東京\n');
});
