/** What every frame has in common. `t` tells the kind; a frame that must arrive carries a
 *  `client_id` that the server echoes in its `ack`; a question carries a `ref`. */
export interface Frame {
  t: string;
}

export interface Problem {
  code: string;
  status: number;
  detail: string;
  title?: string;
  fields?: Record<string, unknown>;
}

export interface AckFrame extends Frame {
  t: "ack";
  client_id: string;
  id: string;
  seq: number;
  at: string;
}

export interface AnswerFrame extends Frame {
  t: "ok" | "error";
  ref?: string;
  client_id?: string;
  problem?: Problem;
}
