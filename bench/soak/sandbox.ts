import {mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {readIdentity} from '../../src/appliance/identity.js';
import {layoutOf} from '../../src/appliance/layout.js';
import type {Site} from '../../src/installation/change.js';
import {packageRoot} from '../../src/services/package-root.js';
import {processServices} from '../../src/services/processes.js';

export const tanosFile = path.join(packageRoot(), 'bin', 'tanos.js');

export type Sandbox = Site & {passwords: {tanadmin: string}};

/** Creates a temporary appliance for `use`, and removes it afterwards. */
export async function withSandbox(use: (sandbox: Sandbox) => Promise<void>): Promise<void> {
	const root = await mkdtemp(path.join(os.tmpdir(), 'tanos-bench-'));
	const tanos = async (...words: string[]) => execa(process.execPath, [tanosFile, ...words, '--root', root]);
	const {stdout} = await tanos('appliance', 'create', '--json');
	try {
		const layout = layoutOf(root);
		const {passwords} = JSON.parse(stdout) as {passwords: {tanadmin: string}};
		await use({layout, identity: await readIdentity(layout), services: processServices(layout, 'all-in-one'), passwords});
	} finally {
		await tanos('appliance', 'stop');
		await rm(root, {recursive: true, force: true});
	}
}
