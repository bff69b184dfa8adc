/** Server state lives in the query cache and nowhere else. */
import { QueryClient } from "@tanstack/vue-query";
import { ApiError, deskApi, Http } from "@xiaoer/api";
import { locale } from "./words.ts";

let signedOut: () => void = () => undefined;
export function onSignedOut(run: () => void): void {
  signedOut = run;
}

export const api = deskApi(new Http({ locale: () => locale.value, onSignedOut: () => signedOut() }));

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      retry: (count, error) =>
        count < 2 && error instanceof ApiError && (error.isUnreachable || error.status >= 502),
    },
    mutations: { retry: false },
  },
});
