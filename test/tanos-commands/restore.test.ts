// `soap restore`, by the command on the appliance itself.
import {copyFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {makeAppliance, tanos} from '../helpers/appliance.js';

test('a backup with an empty key is refused, and nothing is changed', async t => {
	const {layout, root} = await makeAppliance(t);
	const before = await readFile(layout.soapKey);
	const folder = path.join(layout.backups, '20260101-000000-2');
	await mkdir(folder, {recursive: true});
	await copyFile(layout.soapCertificate, path.join(folder, 'SOAPServer.crt'));
	await writeFile(path.join(folder, 'SOAPServer.key'), '');
	const {stderr, exitCode} = await tanos(['soap', 'restore', '20260101-000000-2', '--root', root], {input: 'yes\n'});
	t.is(exitCode, 1);
	t.regex(stderr, /The backup 20260101-000000-2 cannot be installed\. The pair cannot be loaded/);
	t.deepEqual(await readFile(layout.soapKey), before);
});
