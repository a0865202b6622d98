// Runs a command on a host, and prints the longest time between two successful handshakes meanwhile: PORT NAME COMMAND...
import process from 'node:process';
import {execa} from 'execa';
import {longestGap} from './longest-gap.js';

const [port, servername, command, ...words] = process.argv.slice(2);
const gap = await longestGap({port: Number(port), servername: servername!}, async () => execa(command!, words));
process.stdout.write(`${gap}\n`);
