import {readCertificate} from '../parse/certificate.js';
import {chainOf} from '../parse/chain.js';
import {describeCertificate, type CertificateDescription} from './describe-certificate.js';
import {ParseError} from '../parse/parse-error.js';
import {certificatesIn} from '../parse/pem.js';
import {decodeBlock, readPemText} from '../parse/pem-text.js';
import {certificatesInPkcs7} from '../parse/pkcs7.js';
import {isRequest, readRequest, describeRequest, type RequestDescription} from '../parse/request-file.js';
import {isPrivateKeyFormat, formatByLabel, detectFormat} from '../parse/detect-format.js';
import {Problem} from '../../problem.js';

/** What a file holds: a certificate with those that stand behind it, or a request. */
export type Contents = {certificate: CertificateDescription; chain: CertificateDescription[]} | {request: RequestDescription};

/**
 * Describes a file in PEM or DER: certificates, a PKCS#7 bundle, or a request. Throws Problems that say what it holds instead;
 * nothing of a private key is shown.
 */
export function describeContents(bytes: Buffer, at: Date): Contents {
	if (isRequest(bytes)) {
		return {request: describeRequest(readRequest(bytes))};
	}

	const [certificate, ...chain] = certificatesOf(bytes).map(der => describeCertificate(der, at));
	if (certificate === undefined) {
		throw nothingIn(bytes);
	}

	return {certificate, chain};
}

function certificatesOf(bytes: Buffer): Buffer[] {
	const format = bytes[0] === 0x30 ? detectFormat(bytes) : 'unknown';
	if (format === 'certificate') {
		return [bytes];
	}

	const bundle = format === 'PKCS#7' ? bytes : bundleIn(bytes);
	if (bundle === undefined) {
		return certificatesIn(bytes);
	}

	try {
		return inOrder(certificatesInPkcs7(bundle));
	} catch (error) {
		throw error instanceof ParseError
			? new Problem('damaged-bundle', `The PKCS#7 bundle cannot be read: ${error.message}.`, 'Copy it again.', {cause: error})
			: error;
	}
}

/** A bundle has no order: the server's certificate first, then those that issued it, then the others. */
function inOrder(certificates: Buffer[]): Buffer[] {
	const chain = chainOf(certificates.map(der => readCertificate(der)));
	return chain === undefined
		? []
		: [...chain.path, ...chain.inFile.filter(certificate => !chain.path.includes(certificate))].map(({der}) => der);
}

function bundleIn(bytes: Buffer): Buffer | undefined {
	const block = readPemText(bytes).blocks.find(({label}) => formatByLabel(label) === 'PKCS#7');
	try {
		return block && decodeBlock(block);
	} catch (error) {
		throw error instanceof ParseError
			? new Problem('damaged-pem', `The PKCS#7 bundle is damaged: ${error.message}.`, 'Copy it again.', {cause: error})
			: error;
	}
}

function nothingIn(bytes: Buffer): Problem {
	const formats = [detectFormat(bytes), ...readPemText(bytes).blocks.map(({label}) => formatByLabel(label) ?? 'unknown')];
	if (formats.some(format => isPrivateKeyFormat(format))) {
		return new Problem(
			'is-key',
			'It holds a private key, of which nothing is shown.',
			'Name the certificate. To see whether they belong together: tanos certificate check CRT KEY',
		);
	}

	return formats.includes('PKCS#12')
		? new Problem(
				'is-bundle',
				'It is a PKCS#12 bundle, which a passphrase protects.',
				'Upload it to /incoming as SOAPServer.crt: the console (2-4) takes it apart.',
			)
		: new Problem('no-certificate', 'It holds neither a certificate nor a request.', 'Name a file in PEM or DER.');
}
