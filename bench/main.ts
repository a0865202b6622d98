// The project's numbers, each as a ratio to a peer measured in turn with it in this same run: `npm run bench`.
import process from 'node:process';
import {checkPairFigures} from './check-pair.js';
import {firstFrameFigures} from './first-frame.js';
import {keyToFrameFigures} from './key-to-frame.js';
import {outageFigures} from './outage.js';
import {withSandbox} from './sandbox.js';
import {sessionFigures} from './sessions.js';
import {sftpFigures} from './sftp.js';
import {yardstickFigures} from './compare-with-openssl.js';

await withSandbox(async sandbox => {
	for (const figures of [
		checkPairFigures,
		yardstickFigures,
		firstFrameFigures,
		keyToFrameFigures,
		outageFigures,
		sessionFigures,
		sftpFigures,
	]) {
		for (const {name, value, aim} of await figures(sandbox)) {
			process.stdout.write(`${name.padEnd(56)} ${value.padStart(24)}   aim: ${aim}\n`);
		}
	}
});
