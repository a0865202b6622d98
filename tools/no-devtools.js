// Stands in for react-devtools-core in the bundle: Ink imports it only when DEV=true, but a bundle would load it always.
export default {initialize() {}, connectToDevTools() {}};
