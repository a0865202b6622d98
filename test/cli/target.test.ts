import test from 'ava';
import {jumpsOf, targetOf} from '../../src/cli/upload/target.js';

test('how a host may be named', t => {
	const folder = '/incoming';
	for (const [text, target] of [
		['ts1', {host: 'ts1'}],
		['ts1:2222', {host: 'ts1', port: 2222}],
		['ann@ts1', {host: 'ts1', user: 'ann'}],
		['ann@example.com@ts1.example.com:22', {host: 'ts1.example.com', user: 'ann@example.com', port: 22}],
		['ann@[::1]:2222', {host: '::1', user: 'ann', port: 2222}],
		['[fe80::1%eth0]', {host: 'fe80::1%eth0'}],
		['ann@2001:db8::1', {host: '2001:db8::1', user: 'ann'}],
		['sftp://ann@ts1:2222', {host: 'ts1', user: 'ann', port: 2222}],
		['sftp://[::1]/', {host: '::1'}],
	] as const) {
		t.deepEqual(targetOf(text), {label: text.replaceAll(/^sftp:\/\/|\/$/g, ''), folder, ...target} as never, text);
	}

	t.is(targetOf('sftp://ts1/other%20folder/').folder, '/other folder');
});

test('what is not a valid host', t => {
	for (const text of [
		'',
		'@',
		'ann@',
		'-x',
		'ann@-x',
		'a b',
		'ts1:',
		'ts1:x',
		'ts1:0',
		'ts1:65536',
		'[::1',
		'::1]:22',
		'ts1/x',
		'ts1;id',
		'-l@ts1',
		'http://ts1',
		'sftp://',
		'ts1\n',
		'$(id)',
		'a,b',
	]) {
		t.throws(() => targetOf(text), {name: 'Problem'}, text);
	}
});

test('the jump hosts of ProxyJump', t => {
	t.deepEqual(jumpsOf('none'), []);
	t.deepEqual(
		jumpsOf('a,ann@b:33, [::1]:44,ssh://c:55').map(({host, user, port}) => ({host, user, port})),
		[
			{host: 'a', user: undefined, port: undefined},
			{host: 'b', user: 'ann', port: 33},
			{host: '::1', user: undefined, port: 44},
			{host: 'c', user: undefined, port: 55},
		],
	);
});
