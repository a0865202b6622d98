// Must be imported before Ink in a process that serves consoles: their terminals are not this process's.
import process from 'node:process';

process.env['FORCE_COLOR'] ??= '1';
delete process.env['CI']; // With CI set, Ink draws nothing until a session ends.
delete process.env['CONTINUOUS_INTEGRATION'];
process.setMaxListeners(0); // Ink adds a listener for each console, and Node would warn of the eleventh.

await import('./prepare-for-ink.js');
