// What clients must trust after an installation: the root, in /outgoing when it is known.
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {labAuthority} from '../../src/appliance/lab.js';
import {makeRequest} from '../../src/certificates/issuance/request.js';
import {signRequest} from '../../src/certificates/issuance/lab-authority.js';
import {subjectOf} from '../../src/certificates/issuance/subject.js';
import {readRequest} from '../../src/certificates/parse/request-file.js';
import {clientTrust} from '../../src/console/flows/client-trust.js';
import {newAuthority, issuePair} from '../helpers/authority.js';
import {pemOf} from '../certificates/fixtures/files.js';
import {open} from './console-session.js';

/** A session of an appliance on which no certificate is installed yet. */
async function session(t: ExecutionContext) {
	const {environment, layout} = await open(t);
	await mkdir(layout.taniumServer, {recursive: true});
	await mkdir(layout.outgoing, {recursive: true});
	const root = path.join(layout.outgoing, 'ts1.example.com-ca.crt');
	return {layout, root, told: async () => clientTrust({...environment, user: {name: 'tanadmin', role: 'tanadmin'}})};
}

test('the root that the file holds is copied, and the call of the API names it', async t => {
	const {layout, root, told} = await session(t);
	const authority = await newAuthority();
	await issuePair(authority, layout.soapCertificate, layout.soapKey);
	await writeFile(layout.soapCertificate, pemOf(authority.certificate), {flag: 'a'});
	const [must, call] = await told();
	t.is(must, 'Browsers and API clients must trust CN=Example CA, O=Example, whose certificate is in /outgoing: ts1.example.com-ca.crt');
	t.regex(call!, /curl -s --cacert ts1\.example\.com-ca\.crt /);
	t.is((await readFile(root, 'utf8')).trim(), pemOf(authority.certificate).trim());
});

test("the root of the appliance's own lab CA is copied, although no file that it signs holds it", async t => {
	const {layout, root, told} = await session(t);
	const lab = await labAuthority(layout, new Date());
	const {request} = await makeRequest(subjectOf(['ts1.example.com']), {days: 1});
	await writeFile(layout.soapCertificate, signRequest(readRequest(Buffer.from(request)), lab, {days: 1, from: new Date()}));
	const [must] = await told();
	t.regex(must!, /^Browsers and API clients must trust CN=TanOS Console Lab Root CA, .* is in \/outgoing: ts1\.example\.com-ca\.crt$/);
	t.is((await readFile(root, 'utf8')).trim(), lab.root.trim());
});

test('of a root that is not here the name is said', async t => {
	const {layout, told} = await session(t);
	await labAuthority(layout, new Date());
	await issuePair(await newAuthority(), layout.soapCertificate, layout.soapKey);
	const [must, ...more] = await told();
	t.is(must, 'Browsers and API clients must trust the CA that issued it, CN=Example CA, O=Example. Its certificate is not in the file.');
	t.deepEqual(more, []);
});
