// A background program whose standard output is its log. It logs these numbers of lines, each after it was told to: node
// output-writer.js COUNT...
import {once} from 'node:events';
import process from 'node:process';
import {logLine} from '../../src/appliance/output-log.js';

let number = 0;
for (const count of process.argv.slice(2)) {
	for (let line = 0; line < Number(count); line++) {
		logLine(`${number++} ${'x'.repeat(1000)}`);
	}

	process.send!('logged');
	await once(process, 'message');
}

process.disconnect();
