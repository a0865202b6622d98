import test from 'ava';
import {placeIn} from '../../src/registration/look.js';
import {Problem} from '../../src/problem.js';

test('a host is read in any spelling of its name, with a port or without one', t => {
	const ts1 = {name: 'ts1.example.com', port: 8443};
	for (const text of ['ts1.example.com:8443', ' TS1.Example.COM:8443 ', 'ts1.example.com.:8443', 'ts1.example.com:08443']) {
		t.deepEqual(placeIn(text), ts1, text);
	}

	t.deepEqual(placeIn('ts1.example.com'), {name: 'ts1.example.com', port: 443});
	t.deepEqual(placeIn('127.77.0.1:1'), {name: '127.77.0.1', port: 1});
	t.deepEqual(placeIn('ts_1:65535'), {name: 'ts_1', port: 65_535});
});

for (const [text, message] of [
	['', /No Tanium Server was named/],
	['   ', /No Tanium Server was named/],
	['ts1.example.com:', /The port in "ts1\.example\.com:" is not a number from 1 to 65535/],
	['ts1.example.com:0', /port .* 1 to 65535/],
	['ts1.example.com:70000', /port .* 1 to 65535/],
	['ts1.example.com:-1', /port .* 1 to 65535/],
	['ts1.example.com:84 43', /port .* 1 to 65535/],
	['ts1.example.com:https', /port .* 1 to 65535/],
	['ts1.example.com:8443:1', /does not begin with a host name/],
	['ts1 example.com:8443', /does not begin with a host name/],
	[':8443', /does not begin with a host name/],
	['a..b', /does not begin with a host name/],
	['-a.example.com', /does not begin with a host name/],
	['300.1.1.1:8443', /does not begin with a host name/],
	['8443', /does not begin with a host name/],
	[`${'a'.repeat(64)}.example.com`, /does not begin with a host name/],
	['\u001B[31mts1:8443', /"\\u001b\[31mts1:8443" does not begin with a host name/],
	['::1', /IPv6 address/],
	['[::1]', /IPv6 address/],
	['[::1]:8443', /IPv6 address/],
	['https://ts1.example.com:8443/', /is a URL/],
] as const) {
	test(`${JSON.stringify(text)} is refused with what is wrong with it, and what to give`, t => {
		const problem = t.throws<Problem>(() => placeIn(text), {instanceOf: Problem, code: 'bad-place', message});
		t.regex(problem.hint, /HOST:PORT/);
	});
}
