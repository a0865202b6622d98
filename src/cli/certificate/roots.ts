import {gather} from '../../certificates/conversion/gather.js';
import {ParseError} from '../../certificates/parse/parse-error.js';
import {toPem} from '../../certificates/parse/pem.js';
import {Problem} from '../../problem.js';
import {readLocal} from '../local-file.js';

const maxBytes = 1024 * 1024;
const hint = 'Name the root certificate of your CA: --ca FILE';

/** The certificates of `--ca` in PEM, from PEM, DER, UTF-16 or PKCS#7. Rejects with Problem `cannot-read` or `no-root`. */
export async function rootsIn(file: string): Promise<Buffer> {
	const read = await readLocal(file, maxBytes);
	if (read.state !== 'read') {
		const reason = {missing: 'there is no such file', unreadable: 'permission denied', 'too-big': 'more than 1 MiB'};
		throw new Problem('cannot-read', `--ca ${file} cannot be read: ${reason[read.state as 'missing'] ?? 'it is not a file'}.`, hint);
	}

	const certificates = certificatesOf(file, read.bytes);
	if (certificates.length === 0) {
		throw new Problem('no-root', `--ca ${file} holds no certificate.`, hint);
	}

	return Buffer.from(certificates.map(der => toPem('CERTIFICATE', der)).join(''));
}

function certificatesOf(file: string, bytes: Buffer): Buffer[] {
	try {
		return gather(bytes, '').certificates;
	} catch (error) {
		if (error instanceof ParseError || error instanceof Problem) {
			throw new Problem('cannot-read', `--ca ${file} cannot be read: ${error.message.replace(/\.$/, '')}.`, hint, {cause: error});
		}

		throw error;
	}
}
