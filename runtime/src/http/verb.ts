export type Verb = 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete';
