// A picture that shows screens one after another: SVG and CSS, no script. A row that several screens share is in it once.
import type {Cell} from '../../src/replay/cell.js';
import {drawRow, wrapSvg} from '../../src/replay/svg.js';

export type Frame = {cells: Cell[][]; seconds: number};

/** All screens must have the same size. Whoever prefers reduced motion sees the last one. */
export function renderAnimation(frames: readonly Frame[], title: string): string {
	const rows = new Map<string, Set<number>>();
	for (const [number, {cells}] of frames.entries()) {
		for (const drawn of cells.map((row, index) => drawRow(row, index).join('')).filter(markup => markup !== '')) {
			rows.set(drawn, (rows.get(drawn) ?? new Set()).add(number));
		}
	}

	const classes = new Map<string, string>();
	const groups = [...rows].map(([drawn, shown]) => {
		const when = [...shown].join(',');
		if (shown.size === frames.length) {
			return drawn;
		}

		const name = classes.get(when) ?? `t${classes.size}`;
		classes.set(when, name);
		return `<g class="${name}${shown.has(frames.length - 1) ? ' last' : ''}">${drawn}</g>`;
	});
	return wrapSvg(frames.at(-1)!.cells, title, [styleOf(frames, classes), ...groups]);
}

function styleOf(frames: readonly Frame[], classes: ReadonlyMap<string, string>): string {
	const starts = frames.map((_, number) => secondsOf(frames.slice(0, number)));
	const total = secondsOf(frames);
	const animations = [...classes].map(([when, name]) => {
		const shown = new Set(when.split(',').map(Number));
		const changes = frames.keys().filter(number => number === 0 || shown.has(number) !== shown.has(number - 1));
		const steps = [...changes].map(number => `${percent(starts[number]! / total)}{visibility:${shown.has(number) ? 'visible' : 'hidden'}}`);
		return `@keyframes ${name}{${steps.join('')}}.${name}{animation:${name} ${total}s step-end infinite}`;
	});
	const still = '@media(prefers-reduced-motion:reduce){g[class]{animation:none;visibility:hidden}g.last{visibility:visible}}';
	return `<style>${animations.join('')}${still}</style>`;
}

function secondsOf(frames: readonly Frame[]): number {
	return Math.round(frames.reduce((sum, {seconds}) => sum + seconds, 0) * 10) / 10;
}

function percent(share: number): string {
	return `${Math.round(share * 10_000) / 100}%`;
}
