export const zh = {
  "app.name": "小二",
} as const;
