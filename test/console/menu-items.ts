import type {Menu, MenuItem} from '../../src/console/menus.js';

/** An item of a menu with the path of keys that leads to it. */
export type FoundItem = {path: string[]; item: MenuItem};

/** Every item of a menu and of those below it. */
export function itemsIn(menu: Menu, path: string[] = []): FoundItem[] {
	return menu.items.flatMap(item => {
		const own = [...path, item.key];
		return [{path: own, item}, ...('menu' in item ? itemsIn(item.menu, own) : [])];
	});
}
