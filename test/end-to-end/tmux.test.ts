// The console in tmux, a terminal that nobody here wrote. tmux hands over what the console writes, ready marks included.
import {once} from 'node:events';
import {createReadStream} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {makeAppliance, tanosFile, type Appliance} from '../helpers/appliance.js';
import {testWith} from '../helpers/test-with.js';

class Pane {
	#text = '';
	#typed = 0;
	readonly #output;

	constructor(
		private readonly socket: string,
		fifo: string,
	) {
		this.#output = createReadStream(fifo, 'utf8').on('data', text => {
			this.#text += String(text);
		});
	}

	async tmux(...words: string[]): Promise<string> {
		return (await execa('tmux', ['-L', this.socket, ...words])).stdout;
	}

	/** Sends keys by their tmux names, all in one call, and resolves with the screen that stands when they are handled. */
	async send(...keys: string[]): Promise<string> {
		this.#typed += keys.reduce((sum, key) => sum + (key === 'Enter' ? 1 : ['Up', 'Down'].includes(key) ? 3 : key.length), 0);
		await this.tmux('send-keys', '-t', 'pane', ...keys);
		await this.handled();
		return this.screen();
	}

	async handled(): Promise<void> {
		while (!this.#text.includes(`;ready;${this.#typed}\u0007`)) {
			await once(this.#output, 'data');
		}
	}

	async screen(): Promise<string> {
		return this.tmux('capture-pane', '-p', '-t', 'pane');
	}
}

async function openPane(t: ExecutionContext, {root, workFolder}: Appliance): Promise<Pane> {
	const [socket, fifo] = [`tanos-${process.pid}`, path.join(workFolder, 'pane')];
	await execa('mkfifo', [fifo]);
	const pane = new Pane(socket, fifo);
	const console = `read -r go; TANOS_READY_MARK=1 exec '${process.execPath}' '${tanosFile}' --root '${root}'`;
	await pane.tmux('-f', '/dev/null', 'new-session', '-d', '-x', '80', '-y', '24', '-s', 'pane', console);
	t.teardown(async () => pane.tmux('kill-server'));
	await pane.tmux('pipe-pane', '-t', 'pane', `cat > '${fifo}'`);
	await pane.tmux('send-keys', '-t', 'pane', 'Enter');
	await pane.handled();
	return pane;
}

testWith('tmux')('keys that tmux sends together reach the right screens', async t => {
	const appliance = await makeAppliance(t);
	const pane = await openPane(t, appliance);
	t.regex(await pane.send('tanadmin', 'Enter', appliance.passwords.tanadmin, 'Enter'), /Main Menu/);
	for (let burst = 1; burst <= 20; burst++) {
		t.regex(await pane.send('2', 'Enter', '4', 'Enter'), /2-4 {2}Install Custom SOAP Cert/, `burst ${burst}`);
		t.regex(
			await pane.send('no', 'Enter', 'Enter', 'rr', 'Enter', 'Down', 'Down', 'Down', 'Enter'),
			/A {2}Appliance Configuration/,
			`burst ${burst}`,
		);
		t.regex(await pane.send('rr', 'Enter'), /Main Menu/);
	}
});
