export declare const oldestNode: string | undefined;
