/** Rows and panels of a full tile, given when a module is built. */
declare const ROWS: i32;
declare const PANELS: i32;
