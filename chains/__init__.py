"""The industry-chain map: a vocabulary of nodes and links, its versions, its gaps and its drawing."""
