export interface Entry { id: string }
export class Timeline {}
