// The appliance's SSH server in a separate process, with a quota large enough for a benchmark: ROOT BYTES ENTRIES. Prints the port
// that it listens on.
import process from 'node:process';
import {readIdentity} from '../../src/appliance/identity.js';
import {layoutOf} from '../../src/appliance/layout.js';
import {serve} from '../../src/ssh-server/server.js';

const [root, bytes, entries] = process.argv.slice(2);
const layout = layoutOf(root!);
const identity = await readIdentity(layout);
const server = await serve(
	layout,
	{...identity, ports: {...identity.ports, ssh: 0}},
	{
		limits: {incoming: {bytes: Number(bytes), fileBytes: Number(bytes), entries: Number(entries)}},
	},
);
process.stdout.write(`${server.port}\n`);
