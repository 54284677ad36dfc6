(ns example.orders
  "Handles orders from a queue, and greets whoever has a name."
  (:require [clojure.data.json :as json]
            [clojure.java.io :as io])
  (:gen-class
   :name example.Orders
   :implements [com.amazonaws.services.lambda.runtime.RequestStreamHandler]))

(defn- take-order
  "Nil when the message is a good order, its id when it must stay in the queue."
  [{:keys [messageId body]}]
  (if (parse-long body)
    (println "order" body)
    {:itemIdentifier messageId}))

(defn- answer [{:keys [Records name]}]
  (cond
    Records {:batchItemFailures (keep take-order Records)}
    name (do (println "greeting" name) {:name (str "Hello, " name "!")})
    :else (throw (ex-info "nobody there" {}))))

(defn -handleRequest [_ in out _]
  (with-open [writer (io/writer out)]
    (json/write (answer (json/read (io/reader in) :key-fn keyword)) writer)))
