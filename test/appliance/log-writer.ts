// A process that appends numbered events to the audit log of an appliance: node log-writer.js ROOT NAME COUNT
import process from 'node:process';
import {audit, auditOrKeep} from '../../src/appliance/audit.js';
import {layoutOf} from '../../src/appliance/layout.js';

const [root = '', name = '', count = ''] = process.argv.slice(2);
const log = name === 'durable' ? audit : auditOrKeep;
for (let number = 0; number < Number(count); number++) {
	await log(layoutOf(root), {event: 'e', user: name, number, filler: 'x'.repeat(1000)});
}
