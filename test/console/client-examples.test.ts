// Examples name the appliance as the client reached it.
import test from 'ava';
import {curlExample, forExample, sftpExample} from '../../src/console/client-examples.js';
import {signedIn} from './console-session.js';

for (const [what, host, sftp, curl] of [
	['this machine', '127.0.0.1', 'tancopy@127.0.0.1', 'https://localhost:443/pub/SOAPServer.crt'],
	['an address of IPv4', '192.0.2.7', 'tancopy@192.0.2.7', 'https://192.0.2.7:443/pub/SOAPServer.crt'],
	['an address of IPv6', '2001:db8::7', "'tancopy@[2001:db8::7]'", "'https://[2001:db8::7]:443/pub/SOAPServer.crt'"],
	['a name', 'ts1.example.com', 'tancopy@ts1.example.com', 'https://ts1.example.com:443/pub/SOAPServer.crt'],
] as const) {
	test(`the examples for ${what}`, t => {
		const session = {reachedAt: {host, port: 2222}};
		t.deepEqual(sftpExample(session, 'put a /incoming/'), [`  sftp -P 2222 ${sftp}`, '  sftp> put a /incoming/']);
		const isHere = host === '127.0.0.1';
		t.is(forExample(session), isHere ? 'for example from this machine' : 'for example');
		t.deepEqual(curlExample(session, 443, '/pub/SOAPServer.crt'), [
			isHere ? 'or on this machine with' : 'or with',
			`  curl -k -o SOAPServer.crt ${curl}`,
		]);
	});
}

test('the flows show them to who has connected from elsewhere', async t => {
	const {typist, said} = await signedIn(t, 'tanadmin', {reachedAt: {host: '192.0.2.7', port: 22}});
	for (const entry of ['2-4', 'A-A-3']) {
		await typist.type(`${entry}\r`);
		const shown = said().join('\n');
		t.regex(shown, /, for example[,:][^]*\n {2}sftp -P 22 tancopy@192\.0\.2\.7\n/, entry);
		t.notRegex(shown, /127\.0\.0\.1|this machine/, entry);
		await typist.type('\u0003RR\r');
	}
});
