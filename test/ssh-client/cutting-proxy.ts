import {once} from 'node:events';
import {connect, createServer, type AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';

/** A line to a port of this machine that breaks once so many bytes have gone to it. */
export async function cuttingProxy(t: ExecutionContext, to: number, after: number): Promise<{port: number}> {
	const server = createServer(near => {
		const far = connect(to, '127.0.0.1');
		let passed = 0;
		near.on('error', () => far.destroy());
		far.on('error', () => near.destroy());
		near.on('data', chunk => {
			passed += chunk.length;
			far.write(chunk);
			if (passed > after) {
				far.end(); // What has gone through arrives; nothing more does.
				near.destroy();
			}
		});
		far.pipe(near);
	});
	t.teardown(() => server.close());
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {port: (server.address() as AddressInfo).port};
}
