// Must be imported before Ink in a process that draws consoles for others: they have terminals, whatever this process has.
import process from 'node:process';

process.env['FORCE_COLOR'] ??= '1';
delete process.env['CI']; // Ink would draw nothing until a session ends.
delete process.env['CONTINUOUS_INTEGRATION'];

await import('./prepare-for-ink.js');
