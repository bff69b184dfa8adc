import { createRouter, createWebHistory } from "vue-router";
import { queryClient, onSignedOut } from "./shell/queries.ts";
import { live } from "./shell/live.ts";
import { may, meQuery, type Ability } from "./shell/session.ts";

declare module "vue-router" {
  interface RouteMeta {
    bare?: boolean;
    ability?: Ability;
  }
}

export const router = createRouter({
  history: createWebHistory("/desk/"),
  routes: [
    { path: "/sign-in", name: "sign-in", component: () => import("./org/SignIn.vue"), meta: { bare: true } },
    { path: "/", name: "start", component: () => import("./start/StartPage.vue") },
    {
      path: "/conversations/:id?", name: "conversations",
      component: () => import("./desk/DeskPage.vue"), meta: { ability: "serve" },
    },
    {
      path: "/knowledge", name: "knowledge",
      component: () => import("./knowledge/KnowledgePage.vue"), meta: { ability: "seeKnowledge" },
    },
    {
      path: "/knowledge/studio", name: "studio",
      component: () => import("./knowledge/StudioPage.vue"), meta: { ability: "seeKnowledge" },
    },
    {
      path: "/knowledge/:id", name: "entry",
      component: () => import("./knowledge/EntryPage.vue"), meta: { ability: "seeKnowledge" },
    },
    {
      path: "/terms", name: "terms",
      component: () => import("./aftersales/TermsPage.vue"), meta: { ability: "setTerms" },
    },
    {
      path: "/people", name: "people",
      component: () => import("./org/PeoplePage.vue"), meta: { ability: "managePeople" },
    },
    {
      path: "/channels", name: "channels",
      component: () => import("./channels/ChannelsPage.vue"), meta: { ability: "manageChannels" },
    },
    {
      path: "/channels/:id", name: "channel",
      component: () => import("./channels/ChannelPage.vue"), meta: { ability: "manageChannels" },
    },
    {
      path: "/imports", name: "imports",
      component: () => import("./imports/ImportsPage.vue"), meta: { ability: "runImports" },
    },
    {
      path: "/operations", name: "operations",
      component: () => import("./operations/OperationsPage.vue"), meta: { ability: "seeOperations" },
    },
    { path: "/:rest(.*)*", redirect: "/" },
  ],
});

router.beforeEach(async (to) => {
  if (to.meta.bare) return true;
  try {
    const me = await queryClient.fetchQuery(meQuery);
    live.start();
    if (to.meta.ability && !may(me, to.meta.ability)) return { name: "start" };
    return true;
  } catch (error) {
    const isSignedOut = (error as { status?: number }).status === 401;
    if (isSignedOut) return { name: "sign-in", query: { to: to.fullPath } };
    // The house is away, not the session: the line bar says so, and the line's return asks again.
    live.start();
    return true;
  }
});

const RELOADED = "xiaoer.reloaded";
const AGAIN_MS = 20_000;

/** A new version came while this page was open, and the old one's parts are gone: load anew, once. */
router.onError((error: Error, to) => {
  if (!/module/i.test(error.message)) return;
  const at = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - at < AGAIN_MS) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  window.location.assign(router.resolve(to.fullPath).href);
});

onSignedOut(() => {
  const here = router.currentRoute.value;
  if (here.meta.bare || here.matched.length === 0) return;
  live.stop();
  queryClient.clear();
  void router.replace({ name: "sign-in", query: { to: here.fullPath } });
});
