export { type __Cell__Options, type __Cell__Params, type __Cell__State, __cell__ } from './__name__.ts';
