import {createPublicKey} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {checkPair} from '../../../src/certificates/check.js';
import {describeCertificate} from '../../../src/certificates/describe/describe-certificate.js';
import {makeLabAuthority, signRequest} from '../../../src/certificates/issuance/lab-authority.js';
import {makeRequest} from '../../../src/certificates/issuance/request.js';
import {subjectOf} from '../../../src/certificates/issuance/subject.js';
import {certificatesIn} from '../../../src/certificates/parse/pem.js';
import {readRequest, type Request} from '../../../src/certificates/parse/request-file.js';
import {Problem} from '../../../src/problem.js';
import {opensslIn} from '../../helpers/enterprise-ca.js';
import {temporaryFolder} from '../../helpers/sandbox.js';
import {testWith} from '../../helpers/test-with.js';
import {certificateName, keyName, uploaded} from '../fixtures/files.js';
import {ec, rsa} from '../fixtures/keys.js';

/** Certificates count in whole seconds. */
const from = new Date(Math.floor(Date.now() / 1000) * 1000);
const day = 86_400_000;

testWith('openssl')('openssl verifies certificates of the lab CA in strict mode, and the check has no findings', async t => {
	const folder = await temporaryFolder(t);
	const lab = await makeLabAuthority(from);
	const {request, key} = await makeRequest(subjectOf(['ts1.example.com', '10.0.0.1']), {days: 1});
	const chain = signRequest(readRequest(Buffer.from(request)), lab, {days: 365, from});
	await writeFile(path.join(folder, 'root.crt'), lab.root);
	await writeFile(path.join(folder, 'chain.crt'), chain);
	for (const wish of ['-purpose sslserver', '-purpose sslclient', '-verify_hostname ts1.example.com', '-verify_ip 10.0.0.1']) {
		t.regex(await opensslIn(folder, `verify -x509_strict -CAfile root.crt -untrusted chain.crt ${wish} chain.crt`), /chain\.crt: OK/);
	}

	const {findings} = checkPair(uploaded(certificateName, chain), uploaded(keyName, key), {
		hosts: ['ts1.example.com', '10.0.0.1'],
		at: from,
		ca: Buffer.from(lab.root),
	});
	t.deepEqual(findings, []);
});

test('every certificate of the lab CA says that it is for a lab', async t => {
	const lab = await makeLabAuthority(from);
	const {request} = await makeRequest(subjectOf(['ts1.example.com']), {days: 1});
	const chain = signRequest(readRequest(Buffer.from(request)), lab, {days: 365, from});
	for (const der of [...certificatesIn(chain), ...certificatesIn(lab.root)]) {
		t.regex(describeCertificate(der, from).subject, /LAB ONLY/);
	}
});

const asking = (publicKey: Request['publicKey'], cn = 'ts1.example.com'): Request => ({
	publicKey,
	subject: [{oid: '2.5.4.3', value: cn}],
	signatureOid: '',
	extensions: [],
});

test('a key that the document does not allow and a wildcard are refused', async t => {
	const lab = await makeLabAuthority(from);
	for (const [request, words] of [
		[asking(ec('leaf').publicKey), /EC P-256; RSA 2048 is required/],
		[asking(rsa('small', 1024).publicKey), /RSA 1024/],
		[asking(rsa('leaf').publicKey, '*.example.com'), /wildcard/],
	] as const) {
		t.regex(t.throws(() => signRequest(request, lab, {days: 365, from, asRequired: true}), {instanceOf: Problem}).message, words);
	}
});

test('no certificate outlives the issuing CA, and an expired CA issues none', async t => {
	const lab = await makeLabAuthority(from);
	const request = asking(createPublicKey(rsa('leaf').privateKey));
	const late = new Date(from.getTime() + 1800 * day);
	const [leaf] = certificatesIn(signRequest(request, lab, {days: 365, from: late}));
	t.is(describeCertificate(leaf!, late).daysLeft, 25);
	const later = new Date(from.getTime() + 1826 * day);
	t.is(t.throws(() => signRequest(request, lab, {days: 365, from: later}), {instanceOf: Problem}).code, 'lab-expired');
});
