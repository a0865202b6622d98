// What a request asks for, as a CA puts it into a certificate that changes nothing.
import type forge from 'node-forge';
import {Problem} from '../../problem.js';
import {oids, readBasicConstraints} from '../parse/extensions.js';
import type {Request} from '../parse/request-file.js';
import {attributeOf} from './certificate-builder.js';

/** The extensions that a CA copies from a request. It makes the others itself. */
const copied: ReadonlySet<string> = new Set([oids.basicConstraints, oids.keyUsage, oids.extendedKeyUsage, oids.subjectAltName]);

/** The extensions that it asks for, in forge's form. Throws Problem `lab-refuses` when it asks for a CA. */
export function extensionsAskedFor({extensions}: Pick<Request, 'extensions'>): object[] {
	const asked = extensions.filter(({oid}) => copied.has(oid));
	const constraints = asked.find(({oid}) => oid === oids.basicConstraints);
	if (constraints && readBasicConstraints(constraints.value).ca) {
		throw new Problem('lab-refuses', 'The request asks for a CA (CA:TRUE).', 'Make a request for a server: CA:FALSE.');
	}

	return asked.map(({oid, critical, value}) => ({id: oid, critical, value: value.toString('latin1')}));
}

/** The attributes of its subject, in forge's form. */
export function attributesIn({subject}: Pick<Request, 'subject'>): forge.pki.CertificateField[] {
	return subject.map(({oid, value}) => attributeOf(oid, value));
}
