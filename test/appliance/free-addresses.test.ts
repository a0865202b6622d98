import {once} from 'node:events';
import {createServer} from 'node:net';
import test from 'ava';
import {freeAddresses, isFree} from '../../src/appliance/free-addresses.js';

test('addresses are in a row, and nobody listens there', async t => {
	await using addresses = await freeAddresses(3, [8443, 2222]);
	const numbers = addresses.of.map(address => Number(/^127\.77\.0\.(\d+)$/.exec(address)?.[1]));
	t.deepEqual(numbers, [numbers[0]!, numbers[0]! + 1, numbers[0]! + 2]);
	for (const address of addresses.of) {
		t.true(await isFree(address, 8443));
	}
});

test('a port that somebody listens on is not free', async t => {
	const server = createServer().listen(0, '127.77.0.254');
	await once(server, 'listening');
	t.teardown(() => server.close());
	const {port} = server.address() as {port: number};
	t.false(await isFree('127.77.0.254', port));
	t.true(await isFree('127.77.0.253', port));
});
