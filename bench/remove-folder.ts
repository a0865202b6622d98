// Cleans up after a benchmark whose starter was killed: remove-folder.js FOLDER.
import process from 'node:process';
import {removeFolder} from './processes.js';

await removeFolder(process.argv[2] ?? '');
