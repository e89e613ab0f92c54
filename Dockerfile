# docker build -t standstill . && docker run --rm -i standstill analyze - <hang.log
FROM node:22-slim AS build
WORKDIR /build
COPY . .
RUN npm ci && npm pack --pack-destination /package

FROM node:22-slim
COPY --from=build /package/*.tgz /tmp/package/
RUN npm install --global --omit=dev /tmp/package/*.tgz && rm -rf /tmp/package /root/.npm
# reads what is mounted here, and needs to own nothing
USER node
WORKDIR /work
ENTRYPOINT ["standstill"]
CMD ["--help"]
